package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * A piece of software that a file tree has.
 *
 * @param type of its package URL: {@code deb}, {@code apk}, {@code maven}, {@code npm}, {@code pypi}
 * @param namespace of its package URL, empty for none
 * @param architecture empty for none
 * @param licence as the package says it, empty when it does not
 * @param place the file that says so, without leading slash
 */
record SoftwarePackage(
        String type, String namespace, String name, String version, String architecture, String licence, String place)
        implements Comparable<SoftwarePackage> {
    private static final Comparator<SoftwarePackage> ORDER = Comparator.comparing(SoftwarePackage::type)
            .thenComparing(SoftwarePackage::namespace)
            .thenComparing(SoftwarePackage::name)
            .thenComparing(SoftwarePackage::version)
            .thenComparing(SoftwarePackage::architecture)
            .thenComparing(SoftwarePackage::place);

    SoftwarePackage {
        requireNonNull(type, "type");
        requireNonNull(namespace, "namespace");
        requireNonNull(name, "name");
        requireNonNull(version, "version");
        requireNonNull(architecture, "architecture");
        requireNonNull(licence, "licence");
        requireNonNull(place, "place");
    }

    @Override
    public int compareTo(SoftwarePackage other) {
        return ORDER.compare(this, other);
    }

    /**
     * Its package URL.
     *
     * @param distribution as {@code debian-12}, empty for none; only for what a distribution packages
     */
    String url(String distribution) {
        var url = new StringBuilder("pkg:").append(type).append('/');
        if (!namespace.isEmpty()) {
            url.append(encoded(namespace)).append('/');
        }
        url.append(encoded(name));
        if (!version.isEmpty()) {
            url.append('@').append(encoded(version));
        }
        boolean packaged = type.equals("deb") || type.equals("apk");
        String separator = "?";
        if (packaged && !architecture.isEmpty()) {
            url.append(separator).append("arch=").append(encoded(architecture));
            separator = "&";
        }
        if (packaged && !distribution.isEmpty()) {
            url.append(separator).append("distro=").append(encoded(distribution));
        }
        return url.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%7E", "~")
                .replace("%3A", ":");
    }
}
