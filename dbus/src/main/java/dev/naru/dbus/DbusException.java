package dev.naru.dbus;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** A service's refusal. */
public final class DbusException extends IOException {
    private static final long serialVersionUID = 1;
    private final String name;

    DbusException(String name, String text) {
        super(name + ": " + text);
        this.name = requireNonNull(name, "name");
    }

    /** Such as {@code org.freedesktop.DBus.Error.UnknownMethod}. */
    public String name() {
        return name;
    }
}
