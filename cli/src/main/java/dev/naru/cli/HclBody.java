package dev.naru.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands between braces, or in a whole file. */
record HclBody(Map<String, Attribute> attributes, List<Block> blocks) {
    HclBody {
        attributes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(attributes));
        blocks = List.copyOf(blocks);
    }

    record Attribute(String name, HclSource.Place at, HclExpression value) {}

    record Block(String type, List<String> labels, HclSource.Place at, HclBody body) {
        Block {
            labels = List.copyOf(labels);
        }
    }

    @Nullable
    HclExpression value(String name) {
        Attribute attribute = attributes.get(name);
        return attribute == null ? null : attribute.value();
    }
}
