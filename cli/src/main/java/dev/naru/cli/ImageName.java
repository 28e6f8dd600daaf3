package dev.naru.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An image's name with everything that its short forms leave out (distribution-spec; Docker's familiar names).
 *
 * @param tag without colon; empty for none
 * @param digest without at sign; empty for none
 */
record ImageName(String domain, String path, String tag, String digest) {
    static final String HUB = "docker.io";

    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*");
    private static final Pattern DOMAIN = Pattern.compile(
            "(\\[[0-9a-fA-F:]+]|[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(:[0-9]+)?");
    private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");

    /** @throws CliException in Docker's words when it is no name */
    static ImageName parse(String text) {
        int at = text.indexOf('@');
        String digest = at < 0 ? "" : text.substring(at + 1);
        Reference cut = Reference.parse(at < 0 ? text : text.substring(0, at));
        String name = cut.repository();
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean domain = first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
        String path = domain ? name.substring(slash + 1) : name;
        String where = !domain || first.equals("index.docker.io") ? HUB : first;
        if (where.equals(HUB) && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw new CliException("invalid reference format: repository name (" + path + ") must be lowercase");
        }
        boolean wrong = !PATH.matcher(path).matches()
                || !DOMAIN.matcher(where).matches()
                || text.endsWith(":")
                || (!cut.tag().isEmpty() && !TAG.matcher(cut.tag()).matches())
                || (at >= 0 && !DIGEST.matcher(digest).matches());
        if (wrong) {
            throw new CliException("invalid reference format");
        }
        return new ImageName(where, path, cut.tag(), digest);
    }

    boolean bare() {
        return tag.isEmpty() && digest.isEmpty();
    }

    ImageName withTag(String other) {
        return new ImageName(domain, path, other, digest);
    }

    /** Without what a reader knows: {@code busybox} for Docker Hub's. */
    String familiar() {
        return new dev.naru.oci.Reference(domain, path, null, null).familiarRepository();
    }

    /** Whole, as pull prints it at its end. */
    @Override
    public String toString() {
        return domain + "/" + path + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
    }
}
