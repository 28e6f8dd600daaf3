package dev.naru.image;

/** How a layer is kept: as extracted files, or as one image of a read-only file system. */
enum LayerFormat {
    DIRECTORY("overlay2"),
    EROFS("erofs");

    private final String driver;

    LayerFormat(String driver) {
        this.driver = driver;
    }

    /** The format that a storage driver of this name makes. */
    static LayerFormat of(String driver) {
        return switch (driver) {
            case "overlay2", "overlay" -> DIRECTORY;
            case "erofs" -> EROFS;
            default ->
                throw new dev.naru.error.NaruException(
                        dev.naru.error.ErrorKind.INVALID,
                        "unknown storage driver \"" + driver + "\"",
                        "",
                        "use overlay2 or erofs");
        };
    }

    /** The storage driver that makes such layers. */
    String driver() {
        return driver;
    }
}
