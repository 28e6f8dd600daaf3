package dev.naru.http;

import java.io.IOException;

/** A request's body, written by the thread that sends the request. */
public interface RequestBody {
    /** In bytes; -1 when nobody knows, and it goes in chunks. */
    long length();

    /** Writes all of it. What the sink throws is to be passed on: the server may have answered, and wants no more. */
    void writeTo(RequestSink sink) throws IOException;
}
