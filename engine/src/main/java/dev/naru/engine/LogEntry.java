package dev.naru.engine;

/**
 * One recorded piece of output, as places in the buffer it was read into. One object is used for all entries of a read,
 * because an object for each would cost more than all the rest.
 */
final class LogEntry {
    byte[] buffer = new byte[0];
    /** False for bytes that are no entry. */
    boolean valid;

    boolean stderr;
    /** The text, as it stands in the buffer. */
    int textStart;

    int textEnd;
    /** The first backslash in the text, {@link #textEnd} for none. */
    int firstEscape;
    /** Whether a newline follows that is not part of the text. */
    boolean newlineFollows;
    /** The time in RFC 3339; an empty range when only {@link #time} has it. */
    int timeStart;

    int timeEnd;
    /** Nanoseconds since 1970; valid when the range of the time is empty. */
    long time;
    /** The attributes as a JSON object; an empty range for none. */
    int attributesStart;

    int attributesEnd;

    void clear(byte[] from) {
        buffer = from;
        valid = false;
        stderr = false;
        textStart = 0;
        textEnd = 0;
        firstEscape = 0;
        newlineFollows = false;
        timeStart = 0;
        timeEnd = 0;
        time = 0;
        attributesStart = 0;
        attributesEnd = 0;
    }
}
