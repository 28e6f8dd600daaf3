package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.linux.FileCalls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Follows symbolic links as if the tree's root were the root of everything. */
final class LinkWalk {
    private static final int MOST_LINKS = 255;

    private final ReadableTree tree;

    LinkWalk(ReadableTree tree) {
        this.tree = tree;
    }

    String resolve(String path, boolean last) {
        Deque<String> left = new ArrayDeque<>(List.of(path.split("/", -1)));
        var done = new ArrayList<String>();
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.pop();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                if (!done.isEmpty()) {
                    done.removeLast();
                }
                continue;
            }
            String at = ReadableTree.join(String.join("/", done), name);
            boolean follow = last || !isEnd(left);
            TreeFile file = follow ? tree.file(at).orElse(null) : null;
            if (file == null || !file.isSymbolicLink()) {
                done.add(name);
                continue;
            }
            if (++links > MOST_LINKS) {
                throw NaruException.invalid("too many symbolic links in \"" + FileCalls.text(path) + "\"");
            }
            if (file.link().startsWith("/")) {
                done.clear();
            }
            List<String> target = List.of(file.link().split("/", -1));
            target.reversed().forEach(left::push);
        }
        return String.join("/", done);
    }

    private static boolean isEnd(Deque<String> left) {
        return left.stream().allMatch(name -> name.isEmpty() || name.equals("."));
    }
}
