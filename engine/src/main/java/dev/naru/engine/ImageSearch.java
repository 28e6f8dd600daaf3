package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.Registries;
import dev.naru.registry.SearchResult;
import dev.naru.wire.ImageSearchResponseItem;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Searches a registry for images. */
final class ImageSearch {
    private static final int DEFAULT_LIMIT = 25;
    private static final int LARGEST_LIMIT = 100;

    private final Registries registries;

    ImageSearch(Registries registries) {
        this.registries = requireNonNull(registries, "registries");
    }

    List<ImageSearchResponseItem> search(
            String term, @Nullable Integer limit, Filters filters, Credentials credentials) {
        int most = limit == null || limit == 0 ? DEFAULT_LIMIT : limit;
        if (most < 1 || most > LARGEST_LIMIT) {
            throw NaruException.invalid("limit " + most + " is outside the range of [1, 100]");
        }
        if (term.isEmpty() || term.contains("://")) {
            throw new NaruException(ErrorKind.INVALID, "invalid repository name (" + term + ")");
        }
        Reference.parse(term.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9._/:-]", ""));
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
        String domain = named ? Registries.domain(first) : Reference.DEFAULT_DOMAIN;
        String words = named ? term.substring(slash + 1) : term;
        boolean official = FilterValues.truth(filters, "is-official", false);
        int stars = stars(filters);
        filters.requireKnown(Set.of("is-official", "is-automated", "stars"));
        return registries.search(domain, words, most, credentials).stream()
                .filter(each -> !filters.contains("is-official") || official == each.official())
                .filter(each -> each.stars() >= stars)
                .map(ImageSearch::shown)
                .toList();
    }

    private static int stars(Filters filters) {
        int most = 0;
        for (String each : filters.get("stars")) {
            if (!each.matches("[0-9]{1,9}")) {
                throw NaruException.invalid("invalid filter 'stars=" + each + "'");
            }
            most = Math.max(most, Integer.parseInt(each));
        }
        return most;
    }

    private static ImageSearchResponseItem shown(SearchResult result) {
        return new ImageSearchResponseItem(
                result.stars(), result.official(), result.name(), false, result.description());
    }
}
