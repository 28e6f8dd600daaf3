package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Names what a build will have to make, before it is asked for. What a copy out of a tree is, is not known before that tree
 * is made, nor what stands on the copy before the copy is: asked for one by one, the stages that one stage copies from would
 * be made one after another.
 */
final class Foresight {
    private final List<Vertex.Input> roots;
    private final Consumer<Vertex.Input> begin;
    private final Set<Vertex> foreseen = Collections.newSetFromMap(new IdentityHashMap<>());
    private IdentityHashMap<Vertex, List<Vertex>> users = new IdentityHashMap<>();

    /** @param begin makes a tree in another thread unless it is there */
    Foresight(List<Vertex.Input> roots, Consumer<Vertex.Input> begin) {
        this.roots = List.copyOf(roots);
        this.begin = requireNonNull(begin, "begin");
    }

    /** This cannot be looked up, and so nothing that is made of it: their inputs will be needed. */
    void unknown(Vertex vertex) {
        List<Vertex.Input> needed = new ArrayList<>();
        synchronized (this) {
            if (users.isEmpty()) {
                users = users(roots);
            }
            Deque<Vertex> open = new ArrayDeque<>(List.of(vertex));
            while (!open.isEmpty()) {
                Vertex next = open.pop();
                if (foreseen.add(next)) {
                    needed.addAll(next.inputs());
                    open.addAll(users.getOrDefault(next, List.of()));
                }
            }
        }
        needed.forEach(begin);
    }

    private static IdentityHashMap<Vertex, List<Vertex>> users(List<Vertex.Input> roots) {
        var users = new IdentityHashMap<Vertex, List<Vertex>>();
        Set<Vertex> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Vertex> open = new ArrayDeque<>();
        roots.forEach(root -> open.add(root.vertex()));
        while (!open.isEmpty()) {
            Vertex next = open.pop();
            if (seen.add(next)) {
                for (Vertex.Input input : next.inputs()) {
                    users.computeIfAbsent(input.vertex(), each -> new ArrayList<>())
                            .add(next);
                    open.push(input.vertex());
                }
            }
        }
        return users;
    }
}
