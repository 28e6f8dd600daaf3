package dev.naru.build;

import static java.util.Objects.requireNonNull;

/** Where in a build file an error is: the cause of the error that rooms above see, for doors that draw the excerpt themselves. */
public final class BuildFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient BuildFile file;
    private final transient Vertex.SourceRange range;

    BuildFileException(BuildFile file, Vertex.SourceRange range, String message) {
        super(message);
        this.file = requireNonNull(file, "file");
        this.range = requireNonNull(range, "range");
    }

    public BuildFile file() {
        return file;
    }

    public Vertex.SourceRange range() {
        return range;
    }
}
