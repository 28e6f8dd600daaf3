package dev.naru.store;

import java.io.IOException;
import java.io.OutputStream;

/** A blob whose digest is known and that is written when somebody reads it. */
public interface DeferredBlob {
    /** Bytes that it will have. */
    long size();

    /** Writes all of it; may be asked again. */
    void write(OutputStream out) throws IOException;

    /** It is there as a file now, as every other blob; not yet safe from the machine's death. */
    void written();

    /** It was removed, written or not. */
    void removed();
}
