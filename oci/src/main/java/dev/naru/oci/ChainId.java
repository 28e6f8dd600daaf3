package dev.naru.oci;

import java.util.ArrayList;
import java.util.List;

/** The identity of layers stacked in order (image-spec, config.md, Layer ChainID). */
public final class ChainId {
    private ChainId() {}

    /** The chain id of a layer on top of a chain; the chain is empty for the lowest layer. */
    public static String on(String chainId, String diffId) {
        return chainId.isEmpty() ? diffId : Digest.of(chainId + " " + diffId).toString();
    }

    /** The chain id of each layer, lowest first. */
    public static List<String> each(List<String> diffIds) {
        var chain = new ArrayList<String>(diffIds.size());
        String last = "";
        for (String diffId : diffIds) {
            last = on(last, diffId);
            chain.add(last);
        }
        return List.copyOf(chain);
    }

    /** The chain id of the topmost layer; empty without layers. */
    public static String of(List<String> diffIds) {
        return diffIds.isEmpty() ? "" : each(diffIds).getLast();
    }
}
