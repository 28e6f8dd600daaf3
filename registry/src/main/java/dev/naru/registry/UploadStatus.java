package dev.naru.registry;

import java.io.IOException;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks how far an upload has come (end-13). */
record UploadStatus(String repository, URI location) implements UploadVerb<UploadStatus.Reached> {
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    /** Where it goes on, and the number of bytes that are there. */
    record Reached(URI location, long bytes) {}

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String description() {
        return "ask for an upload to " + repository;
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public Reached answer(Answer answer) throws IOException {
        Matcher range = RANGE.matcher(answer.header("Range"));
        if (!range.matches()) {
            return new Reached(answer.location(), 0);
        }
        long last = Long.parseLong(range.group(1));
        // "0-0" is what servers say of nothing, and of a single byte too.
        return new Reached(answer.location(), last == 0 ? 0 : last + 1);
    }
}
