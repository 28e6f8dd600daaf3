package dev.naru.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What every room throws when it cannot do what it was asked.
 *
 * <p>The message reads {@code what: cause — hint}, for example {@code cannot start container "web": port 0.0.0.0:8080
 * is in use by container "old" — stop it or publish another port}. A door maps {@link #kind()} to its own status
 * once; it never looks into the text.
 */
public final class NaruException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorKind kind;
    private final String what;
    private final @Nullable String hint;

    /**
     * @param what the object and the operation, such as {@code cannot start container "web"}
     * @param reason why it failed, in words; empty when {@code what} says it all
     * @param hint what the caller can do about it, or null
     */
    public NaruException(ErrorKind kind, String what, String reason, @Nullable String hint, @Nullable Throwable cause) {
        super(text(what, reason, hint), cause);
        this.kind = requireNonNull(kind, "kind");
        this.what = requireNonNull(what, "what");
        this.hint = hint;
    }

    public NaruException(ErrorKind kind, String what, String reason, @Nullable String hint) {
        this(kind, what, reason, hint, null);
    }

    public NaruException(ErrorKind kind, String what) {
        this(kind, what, "", null, null);
    }

    /** An error whose reason is the message of another one. */
    public static NaruException because(ErrorKind kind, String what, Throwable cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new NaruException(kind, what, reason, null, cause);
    }

    public static NaruException invalid(String what) {
        return new NaruException(ErrorKind.INVALID, what);
    }

    public static NaruException notFound(String what) {
        return new NaruException(ErrorKind.NOT_FOUND, what);
    }

    public static NaruException conflict(String what) {
        return new NaruException(ErrorKind.CONFLICT, what);
    }

    /** The same in the same words, of another kind. */
    public NaruException as(ErrorKind other) {
        return new NaruException(other, String.valueOf(getMessage()), "", null, this);
    }

    public ErrorKind kind() {
        return kind;
    }

    /** The object and the operation, without reason and hint. */
    public String what() {
        return what;
    }

    public @Nullable String hint() {
        return hint;
    }

    private static String text(String what, String reason, @Nullable String hint) {
        var text = new StringBuilder(what);
        if (!reason.isEmpty()) {
            text.append(": ").append(reason);
        }
        if (hint != null) {
            text.append(" — ").append(hint);
        }
        return text.toString();
    }
}
