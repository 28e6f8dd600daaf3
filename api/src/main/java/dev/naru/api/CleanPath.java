package dev.naru.api;

import java.util.ArrayDeque;
import java.util.Deque;

/** The shortest path that means the same: clients that send another one are told to come again with this one. */
final class CleanPath {
    private CleanPath() {}

    static String of(String path) {
        if (!path.startsWith("/") || !(path.contains("//") || path.contains("/."))) {
            return path;
        }
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            switch (segment) {
                case "", "." -> {}
                case ".." -> kept.pollLast();
                default -> kept.addLast(segment);
            }
        }
        String clean = "/" + String.join("/", kept);
        return path.endsWith("/") && clean.length() > 1 ? clean + "/" : clean;
    }
}
