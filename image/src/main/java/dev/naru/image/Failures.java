package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.ZipException;

/** What went wrong, in the caller's terms: a bad archive, a full disk, or a defect. */
final class Failures {
    private Failures() {}

    /** A stream that could not be read. */
    static NaruException reading(IOException cause) {
        boolean bad = cause instanceof EOFException
                || cause instanceof ZipException
                || cause.getCause() instanceof DataFormatException
                || cause.getClass().getName().startsWith("com.github.luben.zstd");
        return NaruException.because(bad ? ErrorKind.INVALID : ErrorKind.UNAVAILABLE, "cannot read the archive", cause);
    }

    static NaruException of(String what, LinuxException cause) {
        return switch (cause.errno()) {
            case Errno.ENOSPC, Errno.EDQUOT ->
                new NaruException(
                        ErrorKind.UNAVAILABLE,
                        what,
                        String.valueOf(cause.getMessage()),
                        "free space under the data root",
                        cause);
            case Errno.EIO, Errno.EROFS, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM ->
                NaruException.because(ErrorKind.UNAVAILABLE, what, cause);
            case Errno.EFBIG, Errno.ENAMETOOLONG, Errno.ELOOP, Errno.ENOTDIR ->
                NaruException.because(ErrorKind.INVALID, what, cause);
            default -> NaruException.because(ErrorKind.INTERNAL, what, cause);
        };
    }

    static NaruException of(String what, IOException cause) {
        String message = String.valueOf(cause.getMessage());
        boolean full = message.contains("No space left") || message.contains("quota exceeded");
        return new NaruException(
                ErrorKind.UNAVAILABLE, what, message, full ? "free space under the data root" : null, cause);
    }
}
