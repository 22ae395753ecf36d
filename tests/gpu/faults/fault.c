// A Vulkan loader that fails on demand: forwards to the real one and injects results.
//   cc -shared -fPIC -o libvulkan.so.1 fault.c -ldl, found first by LD_LIBRARY_PATH
// FAULT=wait|submit|alloc|pipe|device   what fails
// FAULT_CODE=-4                         with which VkResult
// FAULT_AFTER=n                         but for the first n calls
// FAULT_COUNT=n                         n times only
// FAULT_SLEEP=s                         does not fail, but takes that many seconds more
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*Function)(void);
static Function (*real_instance_address)(void *, const char *);
static Function (*real_device_address)(void *, const char *);
static int calls;

static int hit(const char *what) {
    const char *fault = getenv("FAULT"), *after = getenv("FAULT_AFTER"), *count = getenv("FAULT_COUNT");
    if (!fault || strcmp(fault, what)) return 0;
    int beyond = __sync_add_and_fetch(&calls, 1) - (after ? atoi(after) : 0);
    return beyond > 0 && (!count || beyond <= atoi(count));
}

static int sleeps(void) {
    const char *seconds = getenv("FAULT_SLEEP");
    return seconds ? (sleep(atoi(seconds)), 1) : 0;
}

static int code(void) {
    const char *code = getenv("FAULT_CODE");
    return code ? atoi(code) : -4;
}

#define WRAPPED(name, what, parameters, arguments)  \
    static int(*real_##name) parameters;            \
    static int wrapped_##name parameters {          \
        if (hit(what) && !sleeps()) return code();  \
        return real_##name arguments;               \
    }
WRAPPED(vkWaitSemaphores, "wait", (void *d, const void *i, uint64_t t), (d, i, t))
WRAPPED(vkWaitSemaphoresKHR, "wait", (void *d, const void *i, uint64_t t), (d, i, t))
WRAPPED(vkWaitForFences, "wait", (void *d, uint32_t c, const void *f, uint32_t a, uint64_t t), (d, c, f, a, t))
WRAPPED(vkQueueSubmit, "submit", (void *q, uint32_t c, const void *s, void *f), (q, c, s, f))
WRAPPED(vkAllocateMemory, "alloc", (void *d, const void *i, const void *a, void *m), (d, i, a, m))
WRAPPED(vkCreateComputePipelines, "pipe", (void *d, void *c, uint32_t k, const void *i, const void *a, void *p), (d, c, k, i, a, p))
WRAPPED(vkCreateDevice, "device", (void *p, const void *i, const void *a, void *d), (p, i, a, d))

static Function wrap(const char *name, Function f) {
    if (!f) return f;
#define REPLACE(n) if (!strcmp(name, #n)) { *(Function *)&real_##n = f; return (Function)wrapped_##n; }
    REPLACE(vkWaitSemaphores)
    REPLACE(vkWaitSemaphoresKHR)
    REPLACE(vkWaitForFences)
    REPLACE(vkQueueSubmit)
    REPLACE(vkAllocateMemory)
    REPLACE(vkCreateComputePipelines)
    REPLACE(vkCreateDevice)
    return f;
}

static Function device_address(void *device, const char *name) {
    return wrap(name, real_device_address(device, name));
}

Function vkGetInstanceProcAddr(void *instance, const char *name) {
    if (!real_instance_address) {
        const char *loader = getenv("FAULT_LOADER");
        void *handle = dlopen(loader ? loader : "/usr/lib/x86_64-linux-gnu/libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
        if (!handle) return 0;
        real_instance_address = (void *)dlsym(handle, "vkGetInstanceProcAddr");
    }
    if (!strcmp(name, "vkGetDeviceProcAddr")) {
        real_device_address = (void *)real_instance_address(instance, name);
        return (Function)device_address;
    }
    return wrap(name, real_instance_address(instance, name));
}
