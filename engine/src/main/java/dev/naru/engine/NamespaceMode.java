package dev.naru.engine;

import dev.naru.error.NaruException;
import org.jspecify.annotations.Nullable;

/** How a container gets one of its namespaces, as the options {@code --network}, {@code --pid}, {@code --ipc} name it. */
sealed interface NamespaceMode {
    /** A namespace of its own; {@code name} tells private, shareable and none (of IPC) and networks apart. */
    record Own(String name) implements NamespaceMode {}

    /** The host's. */
    record Host() implements NamespaceMode {}

    /** Another container's. */
    record OfContainer(String idOrName) implements NamespaceMode {}

    private static NamespaceMode parse(@Nullable String mode) {
        String text = Values.text(mode);
        if (text.equals("host")) {
            return new Host();
        }
        if (text.startsWith("container:")) {
            return new OfContainer(text.substring("container:".length()));
        }
        return new Own(text);
    }

    /** Of {@code --network}: host, container:ID, none, or a network's name. */
    static NamespaceMode network(@Nullable String mode) {
        NamespaceMode parsed = parse(mode);
        if (Values.text(mode).equals("container")
                || (parsed instanceof OfContainer other && other.idOrName().isEmpty())) {
            throw NaruException.invalid("invalid network mode: invalid container format container:<name|id>");
        }
        return parsed;
    }

    static NamespaceMode pid(@Nullable String mode) {
        return checked(parse(mode), "PID", Values.text(mode), "", "private");
    }

    static NamespaceMode ipc(@Nullable String mode) {
        return checked(parse(mode), "IPC", Values.text(mode), "", "private", "shareable", "none");
    }

    static NamespaceMode uts(@Nullable String mode) {
        NamespaceMode parsed = checked(parse(mode), "UTS", Values.text(mode), "", "private");
        return notOfContainer(parsed, "UTS", mode);
    }

    static NamespaceMode cgroup(@Nullable String mode) {
        NamespaceMode parsed = checked(parse(mode), "cgroup namespace", Values.text(mode), "", "private");
        return notOfContainer(parsed, "cgroup namespace", mode);
    }

    static NamespaceMode user(@Nullable String mode) {
        NamespaceMode parsed = checked(parse(mode), "USER", Values.text(mode), "", "private");
        return notOfContainer(parsed, "USER", mode);
    }

    private static NamespaceMode notOfContainer(NamespaceMode parsed, String kind, @Nullable String mode) {
        if (parsed instanceof OfContainer) {
            throw NaruException.invalid("invalid " + kind + " mode: " + mode);
        }
        return parsed;
    }

    private static NamespaceMode checked(NamespaceMode parsed, String kind, String text, String... names) {
        boolean valid =
                switch (parsed) {
                    case Host host -> true;
                    case OfContainer other -> !other.idOrName().isEmpty();
                    case Own own -> java.util.List.of(names).contains(own.name());
                };
        if (!valid) {
            throw NaruException.invalid("invalid " + kind + " mode: " + text);
        }
        return parsed;
    }
}
