package dev.naru.oci;

import dev.naru.error.NaruException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Chooses among platforms (image-spec, image-index.md), with the names Docker accepts for architectures. */
public final class PlatformMatch {
    private PlatformMatch() {}

    /** The platform this process runs on. */
    public static Platform host() {
        return normal(new Platform(System.getProperty("os.arch", "amd64"), "linux", null, null, null));
    }

    /**
     * Reads {@code os[/architecture[/variant]]} or an architecture alone.
     *
     * @throws NaruException INVALID for anything else
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (text.isEmpty() || parts.length > 3 || List.of(parts).contains("")) {
            throw NaruException.invalid("invalid platform \"" + text + "\"");
        }
        Platform host = host();
        if (parts.length == 1) {
            return parts[0].equalsIgnoreCase("linux")
                    ? host
                    : normal(new Platform(parts[0], "linux", null, null, null));
        }
        return normal(new Platform(
                parts[1],
                parts[0].toLowerCase(java.util.Locale.ROOT),
                null,
                null,
                parts.length == 3 ? parts[2] : null));
    }

    /** With the architecture's usual name, and without the variant that goes without saying. */
    public static Platform normal(Platform platform) {
        String architecture =
                switch (platform.architecture()) {
                    case "x86_64", "x86-64" -> "amd64";
                    case "aarch64", "armv8" -> "arm64";
                    case "i386", "i686", "x86" -> "386";
                    case "armhf", "arm32" -> "arm";
                    default -> platform.architecture();
                };
        String variant = platform.variant();
        if (variant != null && architecture.equals("arm64") && (variant.equals("v8") || variant.equals("8"))) {
            variant = null;
        }
        if (variant != null && architecture.equals("amd64") && variant.equals("v1")) {
            variant = null;
        }
        return new Platform(architecture, platform.os(), platform.osVersion(), platform.osFeatures(), variant);
    }

    /** Whether an image for {@code offered} runs on {@code wanted}. */
    public static boolean runs(Platform offered, Platform wanted) {
        Platform have = normal(offered);
        Platform want = normal(wanted);
        if (!have.os().equals(want.os()) || !have.architecture().equals(want.architecture())) {
            return false;
        }
        String variant = have.variant();
        return variant == null || want.variant() == null || variant.compareTo(want.variant()) <= 0;
    }

    /** The best of the manifests for the platform; those without a platform match last. */
    public static Optional<Descriptor> best(List<Descriptor> manifests, Platform wanted) {
        return manifests.stream()
                .filter(each -> {
                    Platform platform = each.platform();
                    return platform == null || runs(platform, wanted);
                })
                .max(Comparator.comparing(PlatformMatch::rank));
    }

    private static String rank(Descriptor manifest) {
        Platform platform = manifest.platform();
        if (platform == null) {
            return "";
        }
        String variant = normal(platform).variant();
        return variant == null ? " " : variant;
    }
}
