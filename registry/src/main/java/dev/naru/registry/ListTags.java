package dev.naru.registry;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lists a page of a repository's tags (end-8). */
record ListTags(String repository, @Nullable URI page) implements Verb<ListTags.Page> {
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
    private static final int LIMIT = 8 << 20;

    /** Tags, and where the next ones are (RFC 8288). */
    record Page(List<String> tags, Optional<URI> next) {}

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/" + repository + "/tags/list";
    }

    @Override
    public Optional<URI> address() {
        return Optional.ofNullable(page);
    }

    @Override
    public String description() {
        return "list the tags of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull";
    }

    @Override
    public Page answer(Answer answer) throws IOException {
        TagList list = RegistryJson.read(TagList.class, answer.body().readAll(LIMIT), "list of tags");
        List<String> tags = list.tags();
        return new Page(tags == null ? List.of() : tags, next(answer));
    }

    /** The address of the next page. */
    static Optional<URI> next(Answer answer) throws IOException {
        Matcher link = NEXT.matcher(answer.header("Link"));
        try {
            return link.find() ? Optional.of(answer.uri().resolve(link.group(1))) : Optional.empty();
        } catch (IllegalArgumentException broken) {
            throw new IOException("the answer's Link is no address", broken);
        }
    }
}
