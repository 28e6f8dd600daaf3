package dev.naru.engine;

import dev.naru.wire.AuthResponse;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.DistributionInspect;
import dev.naru.wire.ImageSearchResponseItem;
import dev.naru.wire.PushLine;
import dev.naru.wire.RegistryAuth;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Images between this engine and registries. {@code auth} is who asks, null for nobody in particular. Interrupting the
 * calling thread ends a transfer; what has arrived is kept for the next one.
 */
public interface TransferService {
    /**
     * Fetches an image, or all of a repository's tags.
     *
     * @param reference with tag or digest; without both it means {@code latest}, or all tags when {@code allTags}
     * @param platform as {@code os/arch/variant}; null for the host's
     * @param progress takes Docker's lines, one at a time
     */
    void pull(
            String reference,
            boolean allTags,
            @Nullable String platform,
            @Nullable RegistryAuth auth,
            Consumer<CreateImageInfo> progress);

    /**
     * Sends an image to the registry that its name says.
     *
     * @param name the repository
     * @param tag null for all of its tags here
     */
    void push(
            String name,
            @Nullable String tag,
            @Nullable String platform,
            @Nullable RegistryAuth auth,
            Consumer<PushLine> progress);

    /** Asks a registry what a name stands for. */
    DistributionInspect inspect(String name, @Nullable RegistryAuth auth);

    /** Searches a registry. */
    List<ImageSearchResponseItem> search(
            String term, @Nullable Integer limit, Filters filters, @Nullable RegistryAuth auth);

    /**
     * Checks credentials with the registry that they name.
     *
     * @throws dev.naru.error.NaruException UNAUTHORIZED when they are wrong
     */
    AuthResponse login(RegistryAuth auth);
}
