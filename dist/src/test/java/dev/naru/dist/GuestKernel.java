package dev.naru.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's kernel for virtual machines, unpacked and not installed, with the modules that the engine needs.
 *
 * @param image the compressed kernel
 * @param modules in an order in which each finds those it depends on
 */
record GuestKernel(Path image, List<Path> modules) {
    private static final String PACKAGE = "linux-image-cloud-amd64";
    private static final List<String> WANTED = List.of(
            "virtio_pci",
            "virtio_blk",
            "virtio_net",
            "overlay",
            "bridge",
            "veth",
            "nf_tables",
            "nft_ct",
            "nft_chain_nat",
            "nft_nat",
            "nft_masq",
            "nft_redir",
            "nft_reject_inet",
            "nft_fib_inet",
            "bfq",
            "macvlan",
            "ipvlan",
            "dummy",
            "8021q",
            "quota_v2");
    private static final Pattern DEPENDS = Pattern.compile("\0depends=([^\0]*)\0");

    /** Fetches it with the package manager unless the directory has it from an earlier run. */
    static GuestKernel in(Path directory) throws IOException, InterruptedException {
        if (!Files.isDirectory(directory.resolve("boot"))) {
            fetch(directory);
        }
        Path image = HostCommand.files(directory.resolve("boot"), "-amd64").stream()
                .filter(file -> file.getFileName().toString().startsWith("vmlinuz"))
                .findFirst()
                .orElseThrow();
        List<Path> all = HostCommand.files(directory.resolve("lib/modules"), ".ko");
        Set<Path> ordered = new LinkedHashSet<>();
        for (String name : WANTED) {
            add(name, all, ordered);
        }
        return new GuestKernel(image, List.copyOf(ordered));
    }

    private static void fetch(Path directory) throws IOException, InterruptedException {
        if (download(directory).code() == 0) {
            return;
        }
        // The lists of packages are absent, or older than what the archive has.
        HostCommand.run(List.of("apt-get", "-q", "update"));
        HostCommand.Outcome outcome = download(directory);
        if (outcome.code() != 0) {
            throw new AssertionError("The tests of control groups version 2 need the kernel of " + PACKAGE
                    + ", which could not be downloaded: " + outcome.text());
        }
    }

    private static HostCommand.Outcome download(Path directory) throws IOException, InterruptedException {
        Path place = Files.createTempDirectory("naru-kernel");
        try {
            return HostCommand.run(List.of(
                    "sh",
                    "-ec",
                    "cd " + place + "; name=$(apt-cache depends " + PACKAGE
                            + " | sed -n 's/.*Depends: //p' | head -n 1); apt-get -q download \"$name\"; "
                            + "dpkg -x *.deb unpacked; rm -rf " + directory + "; mkdir -p " + directory
                            + "; cp -r unpacked/lib unpacked/boot " + directory));
        } finally {
            HostCommand.text("rm", "-r", place.toString());
        }
    }

    private static void add(String name, List<Path> all, Set<Path> ordered) throws IOException {
        for (Path module : all) {
            if (name(module).equals(name.replace('-', '_')) && !ordered.contains(module)) {
                for (String other : dependencies(module)) {
                    add(other, all, ordered);
                }
                ordered.add(module);
            }
        }
    }

    private static String name(Path module) {
        return module.getFileName().toString().replace(".ko", "").replace('-', '_');
    }

    private static List<String> dependencies(Path module) throws IOException {
        Matcher matcher = DEPENDS.matcher(new String(Files.readAllBytes(module), StandardCharsets.ISO_8859_1));
        List<String> names =
                new ArrayList<>(matcher.find() ? List.of(matcher.group(1).split(",", -1)) : List.of());
        names.remove("");
        return names;
    }
}
