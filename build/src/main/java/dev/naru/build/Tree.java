package dev.naru.build;

/** A file tree that an operation has made. */
sealed interface Tree {
    /** A chain of layers; empty for the empty tree. */
    record Layers(String chain) implements Tree {}

    /** Files that are not in layers yet. */
    record Files(ContextTree tree) implements Tree {}

    /** The tree without files. */
    Tree EMPTY = new Layers("");
}
