package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the kernel can run programs of another architecture: binfmt_misc (kernel, admin-guide/binfmt-misc.rst). */
final class Emulation {
    private static final Path HANDLERS = Path.of("/proc/sys/fs/binfmt_misc");
    private static final Map<String, Set<String>> NATIVE =
            Map.of("amd64", Set.of("amd64", "386"), "arm64", Set.of("arm64", "arm"));
    private static final Map<String, String> EMULATORS = Map.of(
            "amd64", "qemu-x86_64",
            "386", "qemu-i386",
            "arm64", "qemu-aarch64",
            "arm", "qemu-arm",
            "ppc64le", "qemu-ppc64le",
            "riscv64", "qemu-riscv64",
            "s390x", "qemu-s390x",
            "mips64le", "qemu-mips64el",
            "loong64", "qemu-loongarch64");

    private Emulation() {}

    /** @throws NaruException NOT_SUPPORTED when programs of the platform cannot run here */
    static void check(@Nullable Platform platform) {
        if (platform == null) {
            return;
        }
        String host = PlatformMatch.host().architecture();
        String wanted = platform.architecture();
        if (NATIVE.getOrDefault(host, Set.of(host)).contains(wanted)) {
            return;
        }
        String emulator = EMULATORS.getOrDefault(wanted, "qemu-" + wanted);
        if (!registered(emulator)) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot run a step for " + platform.os() + "/" + wanted + " on this " + host + " machine",
                    "the kernel knows no emulator for it (binfmt_misc has no " + emulator + ")",
                    "install qemu-user with binfmt support, or run the step in a stage FROM --platform=$BUILDPLATFORM");
        }
    }

    private static boolean registered(String emulator) {
        if (!Files.isDirectory(HANDLERS)) {
            return false;
        }
        try (DirectoryStream<Path> handlers = Files.newDirectoryStream(HANDLERS)) {
            for (Path handler : handlers) {
                String name = String.valueOf(handler.getFileName());
                boolean control = name.equals("register") || name.equals("status");
                if (!control && handles(Files.readString(handler), emulator)) {
                    return true;
                }
            }
            return false;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean handles(String description, String emulator) {
        return description.startsWith("enabled")
                && description
                        .lines()
                        .anyMatch(line -> line.startsWith("interpreter ")
                                && (line.endsWith("/" + emulator) || line.endsWith("/" + emulator + "-static")));
    }
}
