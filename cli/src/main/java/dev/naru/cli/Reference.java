package dev.naru.cli;

/** An image reference cut in two; the tag may be empty. */
record Reference(String repository, String tag) {
    static Reference parse(String text) {
        int colon = text.lastIndexOf(':');
        // A colon before a slash belongs to a registry's port.
        return colon < 0 || text.indexOf('/', colon) >= 0
                ? new Reference(text, "")
                : new Reference(text.substring(0, colon), text.substring(colon + 1));
    }
}
