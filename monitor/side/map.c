#include "side.h"
#include <stdlib.h>
#include <string.h>

struct entry
{
  struct entry *next;
  void *value;
  char key[];
};

static size_t hash (const char *key)
{
  uint64_t value = 1469598103934665603u;
  for (; *key; key++)
    value = (value ^ (uint8_t)*key) * 1099511628211u;
  return (size_t)value;
}

void *map_get (const struct map *map, const char *key)
{
  if (map->size == 0)
    return NULL;
  for (struct entry *each = map->buckets[hash (key) & (map->size - 1)]; each; each = each->next)
    if (strcmp (each->key, key) == 0)
      return each->value;
  return NULL;
}

static bool grow (struct map *map)
{
  size_t size = map->size == 0 ? 8 : map->size * 2;
  struct entry **buckets = calloc (size, sizeof *buckets);
  if (!buckets)
    return false;
  for (size_t i = 0; i < map->size; i++)
    for (struct entry *each = map->buckets[i], *next; each; each = next)
      {
        next = each->next;
        size_t at = hash (each->key) & (size - 1);
        each->next = buckets[at];
        buckets[at] = each;
      }
  free (map->buckets);
  map->buckets = buckets;
  map->size = size;
  return true;
}

bool map_put (struct map *map, const char *key, void *value, void **before)
{
  *before = NULL;
  if (map->used >= map->size && !grow (map))
    return false;
  struct entry **at = &map->buckets[hash (key) & (map->size - 1)];
  while (*at && strcmp ((*at)->key, key) != 0)
    at = &(*at)->next;
  if (*at)
    {
      struct entry *old = *at;
      *before = old->value;
      old->value = value;
      if (!value)
        {
          *at = old->next;
          free (old);
          map->used--;
        }
      return true;
    }
  if (!value)
    return true;
  size_t length = strlen (key) + 1;
  struct entry *made = malloc (sizeof *made + length);
  if (!made)
    return false;
  memcpy (made->key, key, length);
  made->value = value;
  made->next = NULL;
  *at = made;
  map->used++;
  return true;
}

void map_each (struct map *map, void (*visit) (const char *key, void *value, void *context), void *context)
{
  for (size_t i = 0; i < map->size; i++)
    for (struct entry *each = map->buckets[i], *next; each; each = next)
      {
        next = each->next;
        visit (each->key, each->value, context);
      }
}

void map_clear (struct map *map, void (*drop) (void *value))
{
  for (size_t i = 0; i < map->size; i++)
    for (struct entry *each = map->buckets[i], *next; each; each = next)
      {
        next = each->next;
        drop (each->value);
        free (each);
      }
  free (map->buckets);
  *map = (struct map){ 0 };
}
