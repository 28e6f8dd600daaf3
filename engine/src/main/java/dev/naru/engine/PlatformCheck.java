package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.oci.ImageConfig;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares the platform that a client asks for with an image's. */
final class PlatformCheck {
    private static final Set<String> SYSTEMS = Set.of(
            "linux", "windows", "darwin", "freebsd", "openbsd", "netbsd", "solaris", "android", "dragonfly", "plan9");
    private static final Map<String, String> PROCESSORS = Map.ofEntries(
            Map.entry("amd64", "amd64"),
            Map.entry("x86_64", "amd64"),
            Map.entry("x86-64", "amd64"),
            Map.entry("arm64", "arm64"),
            Map.entry("aarch64", "arm64"),
            Map.entry("arm", "arm"),
            Map.entry("armhf", "arm"),
            Map.entry("armel", "arm"),
            Map.entry("386", "386"),
            Map.entry("i386", "386"),
            Map.entry("ppc64le", "ppc64le"),
            Map.entry("s390x", "s390x"),
            Map.entry("riscv64", "riscv64"),
            Map.entry("loong64", "loong64"),
            Map.entry("mips64le", "mips64le"));

    private PlatformCheck() {}

    /**
     * Compares them.
     *
     * @throws NaruException INVALID for an unknown platform, NOT_FOUND when the image has another one
     */
    static void check(String reference, ImageConfig image, @Nullable String asked) {
        if (asked == null || asked.isEmpty()) {
            return;
        }
        String[] parts = asked.split("/", -1);
        String system = SYSTEMS.contains(parts[0]) ? parts[0] : "linux";
        String named = parts.length > 1 ? parts[1] : SYSTEMS.contains(parts[0]) ? own() : parts[0];
        String processor = PROCESSORS.get(named);
        if (processor == null || parts.length > 3) {
            throw NaruException.invalid(
                    "\"" + asked + "\": unknown operating system or architecture: invalid argument");
        }
        if (!system.equals(image.os()) || !processor.equals(image.architecture())) {
            throw NaruException.notFound("image with reference " + reference + " was found but its platform ("
                    + image.os() + "/" + image.architecture() + ") does not match the specified platform (" + system
                    + "/" + processor + ")");
        }
    }

    private static String own() {
        return PROCESSORS.getOrDefault(System.getProperty("os.arch"), "amd64");
    }
}
