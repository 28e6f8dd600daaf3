package dev.naru.cli;

import java.util.List;

/** Signals that a foreground command passes on to its container. */
@SuppressWarnings("sunapi")
final class Signals {
    private static final List<String> FORWARDED =
            List.of("HUP", "INT", "TERM", "USR2", "ALRM", "CONT", "VTALRM", "IO", "PWR");

    private Signals() {}

    /** Calls the handler with a signal's name each time one arrives. */
    static void forward(java.util.function.Consumer<String> handler) {
        for (String name : FORWARDED) {
            on(name, () -> handler.accept(name));
        }
    }

    /** Calls the handler each time the terminal's size changes. */
    static void onResize(Runnable handler) {
        on("WINCH", handler);
    }

    static void onInterrupt(Runnable handler) {
        on("INT", handler);
    }

    private static void on(String name, Runnable handler) {
        try {
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> handler.run());
        } catch (IllegalArgumentException reserved) {
            // The virtual machine keeps some signals for itself: those are not passed on.
            return;
        }
    }
}
