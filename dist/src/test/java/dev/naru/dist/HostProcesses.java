package dev.naru.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All processes of the host of which a file in {@code /proc} has a text; NULs in it are blanks. */
record HostProcesses(String file, String text) {
    private static final int PATIENCE = 200;

    static HostProcesses withCommand(String text) {
        return new HostProcesses("cmdline", text);
    }

    static HostProcesses withEnvironment(String text) {
        return new HostProcesses("environ", text);
    }

    List<String> now() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path each : processes) {
                if (said(each).contains(text)) {
                    found.add(each.toString());
                }
            }
        }
        return found;
    }

    private String said(Path process) {
        try {
            return Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException ended) {
            return "";
        }
    }

    /** Those that are there still after a while. */
    List<String> left() throws IOException, InterruptedException {
        List<String> left = now();
        for (int i = 0; i < PATIENCE && !left.isEmpty(); i++) {
            Thread.sleep(25);
            left = now();
        }
        return left;
    }
}
