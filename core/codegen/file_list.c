#include "codegen/target.h"

#include <string.h>

static char *copy_bytes(const ss_allocator *allocator, const char *bytes, size_t length) {
    char *copy = ss_allocate(allocator, length + 1);
    if (!copy) return NULL;
    if (length > 0) memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

static void free_bytes(const ss_allocator *allocator, const char *bytes, size_t length) {
    ss_deallocate(allocator, (void *)(uintptr_t)bytes, length + 1);
}

ss_status ss__file_list_add(ss__file_list *list, const char *path, const char *bytes, size_t length,
                            bool is_executable) {
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity * 2 + 64;
        ss__zip_file *files = ss_reallocate(&list->allocator, list->files,
                                            list->capacity * sizeof *files,
                                            capacity * sizeof *files);
        if (!files) return SS_ERROR_MEMORY;
        list->files = files;
        list->capacity = capacity;
    }
    const ss__zip_file file = {.path = copy_bytes(&list->allocator, path, strlen(path)),
                               .bytes = copy_bytes(&list->allocator, bytes, length),
                               .length = length, .is_executable = is_executable};
    if (!file.path || !file.bytes) {
        if (file.path) free_bytes(&list->allocator, file.path, strlen(path));
        if (file.bytes) free_bytes(&list->allocator, file.bytes, length);
        return SS_ERROR_MEMORY;
    }
    list->files[list->count++] = file;
    return SS_OK;
}

/// Heap sort: no recursion, no memory, and the C library's sort is not for the core.
static void sift_down(ss__zip_file *files, size_t at, size_t count) {
    while (2 * at + 1 < count) {
        size_t child = 2 * at + 1;
        if (child + 1 < count && strcmp(files[child].path, files[child + 1].path) < 0) child++;
        if (strcmp(files[at].path, files[child].path) >= 0) return;
        const ss__zip_file other = files[at];
        files[at] = files[child];
        files[child] = other;
        at = child;
    }
}

const char *ss__file_list_sort(ss__file_list *list) {
    for (size_t i = list->count / 2; i > 0; i--) sift_down(list->files, i - 1, list->count);
    for (size_t end = list->count; end > 1; end--) {
        const ss__zip_file last = list->files[end - 1];
        list->files[end - 1] = list->files[0];
        list->files[0] = last;
        sift_down(list->files, 0, end - 1);
    }
    for (size_t i = 1; i < list->count; i++) {
        if (strcmp(list->files[i - 1].path, list->files[i].path) == 0) return list->files[i].path;
    }
    return NULL;
}

void ss__file_list_destroy(ss__file_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const ss__zip_file *file = &list->files[i];
        free_bytes(&list->allocator, file->path, strlen(file->path));
        free_bytes(&list->allocator, file->bytes, file->length);
    }
    ss_deallocate(&list->allocator, list->files, list->capacity * sizeof *list->files);
    list->files = NULL;
    list->count = list->capacity = 0;
}
