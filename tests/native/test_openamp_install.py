# SPDX-License-Identifier: BSD-3-Clause
"""What `make install` brings for programs that were written for OpenAMP and libmetal."""
import glob
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, SLOW, TOP

PREFIX = "/opt/mica"
SOURCES = sorted(glob.glob(os.path.join(TOP, "tests/openamp/api_*.c")))
FUNCTIONS = "open-amp 1.8.0, libmetal 1.8.0: 212 functions\n"
KIND = os.path.basename(BUILD)
SANITIZE = {"asan": ["-fsanitize=address,undefined"], "tsan": ["-fsanitize=thread"]}.get(KIND, [])
STRICT = ["-Wall", "-Wextra", "-Werror"]


def run(*command, **options):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=300 * SLOW, check=False, **options)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout


@pytest.fixture(name="root", scope="module")
def installed(tmp_path_factory):
    """DESTDIR of an installation."""
    root = str(tmp_path_factory.mktemp("installed"))
    run("make", "-s", f"V={KIND}", "install-openamp", f"DESTDIR={root}", f"PREFIX={PREFIX}", cwd=TOP)
    return root


def headers(root):
    include = f"{root}{PREFIX}/include"
    return sorted(os.path.relpath(h, include)
                  for h in glob.glob(f"{include}/metal/*.h") + glob.glob(f"{include}/openamp/*.h"))


def includes(names):
    return "".join(f"#include <{name}>\n" for name in names)


def flags(root, *packages):
    env = {**os.environ, "PKG_CONFIG_SYSROOT_DIR": root,
           "PKG_CONFIG_LIBDIR": f"{root}{PREFIX}/lib/pkgconfig"}
    return run("pkg-config", "--cflags", "--libs", *packages, env=env).split()


def test_pkg_config(root, tmp_path):
    """Every function, structure and constant of the API, compiled, linked and run."""
    program = str(tmp_path / "api")
    run("cc", "-std=gnu11", *STRICT, *SANITIZE, "-o", program, *SOURCES, *flags(root, "open-amp"))
    assert run(program) == FUNCTIONS


def test_benchmark(root, tmp_path):
    """Its source has nothing but the installed API: it measures other implementations as well."""
    env = {**os.environ, "PKG_CONFIG_SYSROOT_DIR": root, "PKG_CONFIG_LIBDIR": f"{root}{PREFIX}/lib/pkgconfig"}
    program = str(tmp_path / "bench")
    run("make", "-s", f"V={KIND}", "bench-openamp", f"BENCH_OPENAMP={program}", cwd=TOP, env=env)
    used = run("cc", *flags(root, "open-amp"), "-MM", *glob.glob(f"{TOP}/bench/rpmsg_[!l]*.c"),
               f"{TOP}/bench/rpmsg_link.c")
    assert f"{root}{PREFIX}/include/openamp/open_amp.h" in used and f"{TOP}/include" not in used
    figures = str(tmp_path / "figures.json")
    run(program, "--smoke", f"--out={figures}", env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    with open(figures, encoding="utf-8") as f:
        cases = {c["id"]: c for c in json.load(f)["cases"]}
    assert cases["rpmsg.alone.16"]["min"] > 0
    counts = cases["rpmsg.wake.echo.same.16"]["counts"]
    assert counts["bells_out"] == counts["bells_in"] == 1


def test_libmetal_alone(root, tmp_path):
    source = tmp_path / "metal.c"
    source.write_text("""
#include <metal/sys.h>
int main(void)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	int ret = metal_init(&params);

	metal_finish();
	return ret || _metal.page_size == 0;
}
""")
    program = str(tmp_path / "metal")
    run("cc", *STRICT, *SANITIZE, "-o", program, str(source), *flags(root, "libmetal"))
    run(program)


@pytest.mark.skipif(not shutil.which("cmake"), reason="cmake is not installed")
def test_cmake(root, tmp_path):
    build = str(tmp_path)
    run("cmake", "-S", f"{TOP}/tests/openamp", "-B", build, f"-DCMAKE_PREFIX_PATH={root}{PREFIX}",
        f"-DCMAKE_C_FLAGS={' '.join(SANITIZE)}")
    run("cmake", "--build", build)
    assert run(f"{build}/by_target") == FUNCTIONS
    assert run(f"{build}/by_variable") == FUNCTIONS


@pytest.mark.parametrize("compiler", ["cc -std=c11 -x c", "c++ -std=c++11 -x c++", "c++ -std=c++20 -x c++"])
def test_each_header_alone(root, tmp_path, compiler):
    names = headers(root)
    assert len(names) > 40
    for name in names:
        source = tmp_path / (name.replace("/", "_") + ".x")
        # twice: guards
        source.write_text(includes([name, name]))
        run(*compiler.split(), *STRICT, "-fsyntax-only", f"-I{root}{PREFIX}/include", str(source))


@pytest.mark.parametrize("compiler", ["cc -std=c99 -x c", "cc -std=gnu17 -x c", "c++ -std=c++17 -x c++"])
def test_pedantic(root, tmp_path, compiler):
    source = tmp_path / "all.x"
    source.write_text(includes(h for h in headers(root) if h != "openamp/rpmsg_retarget.h") + """
static inline void say(int n)
{
	metal_err("nothing more\\n");
	metal_log(METAL_LOG_DEBUG, "%d\\n", n);
}
""")
    run(*compiler.split(), "-Wpedantic", *STRICT, "-fsyntax-only", f"-I{root}{PREFIX}/include", str(source))


# What programs find through a header, as with OpenAMP and libmetal on Linux, and use.
COME_ALONG = {
    "metal/sys.h": "printf fopen malloc memcpy pthread_create usleep open mmap syslog stat flock waitpid "
                   "basename syscall",
    "metal/alloc.h": "malloc",
    "metal/io.h": "malloc memcpy printf",
    "metal/list.h": "malloc",
    "metal/mutex.h": "usleep syscall",
    "openamp/rpmsg.h": "strncpy printf usleep",
    "openamp/rpmsg_virtio.h": "memset printf usleep metal_cache_flush",
    "openamp/remoteproc.h": "strncpy printf usleep",
    "openamp/virtio.h": "memset malloc metal_allocate_memory",
    "openamp/open_amp.h": "printf malloc memset strlen usleep sleep atoi metal_free_memory metal_sleep_usec",
}


@pytest.mark.parametrize("header", COME_ALONG)
def test_come_along(root, tmp_path, header):
    source = tmp_path / "used.c"
    used = "".join(f"\t(void){name};\n" for name in COME_ALONG[header].split())
    source.write_text(f"#include <{header}>\nint main(void)\n{{\n{used}\treturn 0;\n}}\n")
    run("cc", "-std=gnu11", *STRICT, "-fsyntax-only", f"-I{root}{PREFIX}/include", str(source))


@pytest.mark.parametrize("without", ["openamp/rpmsg_retarget.h", "openamp/rpmsg_rpc_client_server.h"])
def test_cplusplus(root, tmp_path, without):
    """All headers at once; those two exclude each other, as in OpenAMP."""
    source = tmp_path / "all.cc"
    source.write_text(includes(h for h in headers(root) if h != without) + """
static METAL_MUTEX_DEFINE(mutex);
static struct metal_condition condition = METAL_CONDITION_INIT;
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;
/* A firmware's resource table. */
static const struct {
	uint32_t ver, num, reserved[2], offset[1];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
} __attribute__((packed)) resources = {
	1, 1, { 0, 0 }, { 20 }, { RSC_VDEV, VIRTIO_ID_RPMSG, 31, 1, 0, 0, 0, 2, { 0, 0 }, {} },
	{ { FW_RSC_U32_ADDR_ANY, 4096, 256, 1, 0 }, { FW_RSC_U32_ADDR_ANY, 4096, 256, 2, 0 } },
};

int main()
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct rpmsg_virtio_shm_pool pool;
	atomic_int counter;
	char memory[64];

	if (metal_init(&params))
		return 1;
	atomic_init(&counter, 1);
	metal_mutex_acquire(&mutex);
	metal_condition_signal(&condition);
	metal_mutex_release(&mutex);
	metal_spinlock_acquire(&spinlock);
	metal_spinlock_release(&spinlock);
	rpmsg_virtio_init_shm_pool(&pool, memory, sizeof(memory));
	metal_finish();
	if (sizeof(resources) != 88 || resources.vring[1].notifyid != 2)
		return 2;
	return rpmsg_virtio_shm_pool_get_buffer(&pool, 64) != memory || atomic_load(&counter) != 1 ||
	       openamp_version_major() != metal_ver_major();
}
""")
    program = str(tmp_path / "all")
    run("c++", "-std=c++17", *STRICT, *SANITIZE, "-o", program, str(source), *flags(root, "open-amp"))
    run(program)


@pytest.mark.parametrize("compiler", ["cc -std=gnu11 -x c", "c++ -std=c++17 -x c++"])
def test_client_side_freestanding(tmp_path, compiler):
    """The same headers in a client: its include path, no C library."""
    include = [f"-I{TOP}/{d}" for d in ("include", "metal/client/include", "client/include",
                                        "client/kernel/include", "client/arch/native/include")]
    names = sorted(os.path.relpath(h, f"{TOP}/include")
                   for h in glob.glob(f"{TOP}/include/metal/*.h") + glob.glob(f"{TOP}/include/openamp/*.h"))
    hosted = "c++" in compiler  # <atomic> comes with the C++ library
    for name in names:
        source = tmp_path / (name.replace("/", "_") + ".x")
        source.write_text(includes([name]))
        out = run(*compiler.split(), *STRICT, *(["-fsyntax-only"] if hosted else ["-ffreestanding", "-M"]),
                  *include, str(source))
        if not hosted:
            assert "stdlib.h" not in out and "stdio.h" not in out and "/string.h" not in out.replace(
                "metal/system/string.h", ""), f"{name} needs a C library:\n{out}"
            run(*compiler.split(), *STRICT, "-ffreestanding", "-fsyntax-only", *include, str(source))


def test_documented():
    """docs/openamp-api.md names every function that the list of the API has."""
    with open(f"{TOP}/docs/openamp-api.md", encoding="utf-8") as doc:
        named = set(re.findall(r"`(\w+)`", doc.read()))
    listed = set()
    for source in SOURCES:
        with open(source, encoding="utf-8") as text:
            listed |= set(re.findall(r"FUNCTION\([^,]+,\s*(\w+)", text.read()))
    assert len(listed) > 200
    assert not listed - named
