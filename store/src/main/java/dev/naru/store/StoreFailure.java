package dev.naru.store;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells a full or failing disk, which may be better later, from a defect. */
final class StoreFailure {
    private StoreFailure() {}

    static NaruException of(String what, SQLException cause) {
        boolean disk = cause instanceof SQLiteException sqlite && isDisk(sqlite.getResultCode());
        if (disk) {
            return new NaruException(
                    ErrorKind.UNAVAILABLE,
                    what,
                    "no space left on device or the disk fails (" + cause.getMessage() + ")",
                    "free space under the data root",
                    cause);
        }
        return NaruException.because(ErrorKind.INTERNAL, what, cause);
    }

    static NaruException of(String what, IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = message.contains("no space left") || message.contains("quota exceeded");
        return new NaruException(
                ErrorKind.UNAVAILABLE,
                what,
                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(),
                full ? "free space under the data root" : null,
                cause);
    }

    private static boolean isDisk(SQLiteErrorCode code) {
        return code == SQLiteErrorCode.SQLITE_FULL
                || code == SQLiteErrorCode.SQLITE_CANTOPEN
                || code.name().startsWith("SQLITE_IOERR");
    }
}
