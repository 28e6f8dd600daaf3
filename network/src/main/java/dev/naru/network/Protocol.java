package dev.naru.network;

import dev.naru.error.NaruException;
import java.util.Locale;

/** Transport protocols whose ports can be published, with their number in the IP header. */
enum Protocol {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Protocol of(String name) {
        for (Protocol each : values()) {
            if (each.name().equalsIgnoreCase(name)) {
                return each;
            }
        }
        throw NaruException.invalid("invalid proto: " + name);
    }

    static Protocol ofNumber(int number) {
        for (Protocol each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        throw NaruException.invalid("invalid proto: " + number);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
