package dev.naru.runtime;

import dev.naru.error.NaruException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A device's full name, {@code vendor.com/class=name} (Container Device Interface, SPEC.md, Kind and CDI Devices).
 *
 * @param kind vendor and class
 * @param device unique in its kind
 */
public record CdiName(String kind, String device) {
    private static final String WORD = "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?";
    private static final Pattern KIND = Pattern.compile(WORD + "/[A-Za-z](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    /** Takes a full name apart; empty for what is none. */
    public static Optional<CdiName> parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0 || !isKind(text.substring(0, equals)) || !isDevice(text.substring(equals + 1))) {
            return Optional.empty();
        }
        return Optional.of(new CdiName(text.substring(0, equals), text.substring(equals + 1)));
    }

    /**
     * The same for those who need one.
     *
     * @throws NaruException INVALID for what is no full name
     */
    public static CdiName require(String text) {
        return parse(text)
                .orElseThrow(() -> NaruException.invalid("invalid CDI device name \"" + text
                        + "\": write it as vendor.com/class=name, such as nvidia.com/gpu=0"));
    }

    static boolean isKind(String text) {
        return KIND.matcher(text).matches();
    }

    static boolean isDevice(String text) {
        return DEVICE.matcher(text).matches();
    }

    @Override
    public String toString() {
        return kind + "=" + device;
    }
}
