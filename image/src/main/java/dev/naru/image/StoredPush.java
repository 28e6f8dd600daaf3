package dev.naru.image;

import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The document of a layer that registries have; its id is the digest of the layer's blob here, with the compression behind
 * it when it was compressed on its way.
 *
 * @param mediaType what registries have it as
 * @param digest its digest there
 * @param size its bytes there
 * @param repositories where it is, in full, newest first
 */
@Json
record StoredPush(String mediaType, String digest, long size, List<String> repositories) {
    static final String KIND = "pushes";

    private static final int MOST = 8;

    StoredPush at(String repository) {
        var all = new ArrayList<String>();
        all.add(repository);
        repositories.stream()
                .filter(each -> !each.equals(repository))
                .limit(MOST - 1L)
                .forEach(all::add);
        return new StoredPush(mediaType, digest, size, all);
    }
}
