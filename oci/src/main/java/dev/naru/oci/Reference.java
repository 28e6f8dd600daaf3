package dev.naru.oci;

import dev.naru.error.NaruException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image's name: {@code [domain/]path[:tag][@digest]} (distribution-spec, Pulling manifests; the short forms are
 * Docker's).
 *
 * @param domain the registry's host, with port if given
 * @param path the repository within the registry; {@code library/busybox} for {@code busybox}
 */
public record Reference(
        String domain,
        String path,
        @Nullable String tag,
        @Nullable String digest) {
    public static final String DEFAULT_DOMAIN = "docker.io";
    public static final String DEFAULT_TAG = "latest";

    private static final Pattern DOMAIN = Pattern.compile(
            "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?|\\[[a-fA-F0-9:]+](?::[0-9]+)?");
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");

    /**
     * Reads a name as users write it.
     *
     * @throws NaruException INVALID with Docker's text
     */
    public static Reference parse(String text) {
        String rest = text;
        String digest = null;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = rest.substring(at + 1);
            if (!Digest.isDigest(digest)) {
                throw malformed("");
            }
            rest = rest.substring(0, at);
        } else if (rest.length() == 64 && Digest.isDigest("sha256:" + rest)) {
            throw malformed(": cannot specify 64-byte hexadecimal strings");
        }
        String tag = null;
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = rest.substring(colon + 1);
            if (!TAG.matcher(tag).matches()) {
                throw malformed("");
            }
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? "" : rest.substring(0, slash);
        boolean domained = slash > 0 && isDomain(first);
        String domain = domained ? first : DEFAULT_DOMAIN;
        String path = domained ? rest.substring(slash + 1) : rest;
        if (domain.equals("index.docker.io")) {
            domain = DEFAULT_DOMAIN;
        }
        if (domain.equals(DEFAULT_DOMAIN) && path.indexOf('/') < 0 && !path.isEmpty()) {
            path = "library/" + path;
        }
        checkNames(domain, path);
        return new Reference(domain, path, tag, digest);
    }

    /** Whether what stands before the first slash is a host and not a part of the path. */
    private static boolean isDomain(String first) {
        return first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(java.util.Locale.ROOT));
    }

    private static void checkNames(String domain, String path) {
        if (!path.equals(path.toLowerCase(java.util.Locale.ROOT))) {
            throw malformed(": repository name (" + path + ") must be lowercase");
        }
        if (!DOMAIN.matcher(domain).matches()) {
            throw malformed("");
        }
        for (String component : path.split("/", -1)) {
            if (!COMPONENT.matcher(component).matches()) {
                throw malformed("");
            }
        }
        if (path.length() > 255) {
            throw malformed(": repository name must not be more than 255 characters");
        }
    }

    private static NaruException malformed(String detail) {
        return NaruException.invalid("invalid reference format" + detail);
    }

    /** With tag {@code latest} when there is neither tag nor digest. */
    public Reference tagged() {
        return tag == null && digest == null ? new Reference(domain, path, DEFAULT_TAG, null) : this;
    }

    public Reference withTag(String other) {
        return new Reference(domain, path, other, null);
    }

    public Reference withDigest(String other) {
        return new Reference(domain, path, null, other);
    }

    /** Domain and path in full. */
    public String repository() {
        return domain + "/" + path;
    }

    /**
     * Domain and path as users see it: {@code busybox} for {@code docker.io/library/busybox}. In full where the short form
     * would be read as another, as {@code docker.io/localhost/a}.
     */
    public String familiarRepository() {
        if (!domain.equals(DEFAULT_DOMAIN)) {
            return repository();
        }
        String official = "library/";
        if (path.startsWith(official) && path.indexOf('/', official.length()) < 0) {
            return path.substring(official.length());
        }
        int slash = path.indexOf('/');
        return slash > 0 && isDomain(path.substring(0, slash)) ? repository() : path;
    }

    /** The whole as users see it. */
    public String familiar() {
        return familiarRepository() + suffix();
    }

    /** The whole in full. */
    @Override
    public String toString() {
        return repository() + suffix();
    }

    private String suffix() {
        return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
