package dev.naru.engine;

/**
 * How much of the build cache stays when it is pruned; sizes in bytes, 0 for none.
 *
 * @param reserved so much stays whatever the others say
 * @param maxUsed so much may stay
 * @param minFree so much of the disk is to be free
 */
public record CacheBounds(long reserved, long maxUsed, long minFree) {
    /** All goes. */
    public static final CacheBounds NOTHING = new CacheBounds(0, 0, 0);

    /** Bytes that may stay; 0 to remove all that the filters take. */
    long keep(long used, long free) {
        if (maxUsed == 0 && minFree == 0) {
            return reserved;
        }
        long keep = maxUsed > 0 ? maxUsed : used;
        if (minFree > free) {
            keep = Math.min(keep, Math.max(1, used - (minFree - free)));
        }
        return Math.max(Math.max(keep, reserved), 1);
    }
}
