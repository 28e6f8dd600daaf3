package dev.naru.image;

import dev.naru.linux.FileCalls;

/** What names in a layer say of the layers below (image-spec, layer.md, Whiteouts). */
final class Whiteout {
    private static final String PREFIX = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    /** What AUFS kept for itself. */
    private static final String AUFS = ".wh..wh.";

    private Whiteout() {}

    static boolean is(LayerPath path) {
        return path.name().startsWith(PREFIX);
    }

    /** Whether it hides all that lower layers have in its directory. */
    static boolean isOpaque(LayerPath path) {
        return path.name().equals(OPAQUE);
    }

    /** Whether it means nothing to anybody but AUFS. */
    static boolean isForeign(LayerPath path) {
        return path.name().startsWith(AUFS) && !isOpaque(path);
    }

    /** Whether it lies in a directory of AUFS' own. */
    static boolean isBelowForeign(LayerPath path) {
        return path.parent().startsWith(AUFS);
    }

    /**
     * The name that it hides in its directory.
     *
     * @throws dev.naru.error.NaruException INVALID when that is no name
     */
    static String hidden(LayerPath path) {
        String hidden = path.name().substring(PREFIX.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw TarField.malformed("the whiteout \"" + FileCalls.text(path.path()) + "\" hides no name");
        }
        return hidden;
    }
}
