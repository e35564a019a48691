/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

#include "dfuse_mem.h"

int verbose = 0;

int oracle_say(const char* format, ...) {
  (void)format;
  return 0;
}

/* dfuse_mem.c allocates without room for the final zero; a little more keeps its sscanf in bounds.
 */
void* dfu_malloc(size_t size) {
  return calloc(1, size + 16);
}

size_t oracle_parse_layout(const char* text, struct oracle_segment* segments, size_t most) {
  /* It looks past the end of what it does not understand. */
  const size_t length = strlen(text);
  char* copy = calloc(1, length + 16);
  memcpy(copy, text, length);
  struct memsegment* list = parse_memory_layout(copy);
  size_t count = 0;
  for (const struct memsegment* item = list; item != NULL; item = item->next) {
    if (count < most) {
      segments[count].start = item->start;
      segments[count].end = item->end;
      segments[count].sector_size = item->pagesize;
      segments[count].access = item->memtype;
    }
    ++count;
  }
  if (list != NULL) free_segment_list(list);
  free(copy);
  return count;
}
