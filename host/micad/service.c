/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "io.mica.Manager.varlink.h"
#include "mica/control.h"
#include "service.h"

/* https://varlink.org/Service */
static const char service_text[] =
	"# The Varlink Service Interface is provided by every varlink service. It\n"
	"# describes the service and the interfaces it implements.\n"
	"interface org.varlink.service\n"
	"\n"
	"method GetInfo() -> (\n"
	"  vendor: string,\n"
	"  product: string,\n"
	"  version: string,\n"
	"  url: string,\n"
	"  interfaces: []string\n"
	")\n"
	"\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n"
	"\n"
	"error InterfaceNotFound (interface: string)\n"
	"error MethodNotFound (method: string)\n"
	"error MethodNotImplemented (method: string)\n"
	"error InvalidParameter (parameter: string)\n"
	"error PermissionDenied ()\n"
	"error ExpectedMore ()\n";

static void get_info(struct request *req)
{
	struct json_object *info = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, json_object_new_string("org.varlink.service"));
	json_object_array_add(list, json_object_new_string(MICA_CONTROL_IFACE));
	json_object_object_add(info, "vendor", json_object_new_string("MICA"));
	json_object_object_add(info, "product", json_object_new_string("micad"));
	json_object_object_add(info, "version", json_object_new_string(MICA_VERSION));
	json_object_object_add(info, "url", json_object_new_string(""));
	json_object_object_add(info, "interfaces", list);
	request_reply(req, info);
}

static void get_description(struct request *req)
{
	const char *name = request_string(req, "interface"), *text;
	struct json_object *params;

	if (!name)
		return;
	if (!strcmp(name, MICA_CONTROL_IFACE)) {
		text = interface_text;
	} else if (!strcmp(name, "org.varlink.service")) {
		text = service_text;
	} else {
		request_refuse(req, "InterfaceNotFound", "interface", name);
		return;
	}
	params = json_object_new_object();
	json_object_object_add(params, "description", json_object_new_string(text));
	request_reply(req, params);
}

static const char *const no_params[] = { NULL };
static const char *const description_params[] = { "interface", NULL };

const struct method service_methods[] = {
	{ "GetInfo", RIGHT_NONE, no_params, get_info },
	{ "GetInterfaceDescription", RIGHT_NONE, description_params, get_description },
	{ NULL, RIGHT_NONE, NULL, NULL },
};
