package dev.naru.image;

/**
 * How much an archive may become, so that a small one cannot fill the disk or the memory.
 *
 * @param layerBytes plain bytes of one layer
 * @param ratio how many times its compressed size a stream may have, once it has more than a gibibyte
 * @param files entries of one layer
 */
public record UnpackLimits(long layerBytes, int ratio, int files) {
    /** A tebibyte, 200 times, 2 million: more than any image known, less than a disk. */
    public static final UnpackLimits DEFAULT = new UnpackLimits(1L << 40, 200, 2_000_000);

    public UnpackLimits {
        if (layerBytes <= 0 || ratio <= 0 || files <= 0) {
            throw new IllegalArgumentException("a limit must be positive");
        }
    }

    UnpackLimits withAnySize() {
        return new UnpackLimits(Long.MAX_VALUE, ratio, files);
    }
}
