package dev.naru.api;

import dev.naru.engine.Filters;
import dev.naru.engine.TransferService;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.AuthResponse;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.CreateImageInfoBuilder;
import dev.naru.wire.DistributionInspect;
import dev.naru.wire.ImageSearchResponseItem;
import dev.naru.wire.OCIDescriptor;
import dev.naru.wire.PushLine;
import dev.naru.wire.RegistryAuth;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A registry that says what it was asked. */
final class EchoTransfers implements TransferService {
    @Override
    public void pull(
            String reference,
            boolean allTags,
            @Nullable String platform,
            @Nullable RegistryAuth auth,
            Consumer<CreateImageInfo> progress) {
        if (reference.startsWith("missing")) {
            throw NaruException.notFound("manifest for " + reference + " not found");
        }
        progress.accept(CreateImageInfoBuilder.builder()
                .status(reference + " " + allTags + " " + platform + " " + (auth == null ? null : auth.username()))
                .build());
        if (reference.startsWith("broken")) {
            throw new NaruException(ErrorKind.INVALID, "wrong digest");
        }
    }

    @Override
    public void push(
            String name,
            @Nullable String tag,
            @Nullable String platform,
            @Nullable RegistryAuth auth,
            Consumer<PushLine> progress) {
        progress.accept(new PushLine(name + " " + tag, null, null, null, null, null, null));
    }

    @Override
    public DistributionInspect inspect(String name, @Nullable RegistryAuth auth) {
        return new DistributionInspect(new OCIDescriptor(name, null, 1L, null, null, null, null, null), List.of());
    }

    @Override
    public List<ImageSearchResponseItem> search(
            String term, @Nullable Integer limit, Filters filters, @Nullable RegistryAuth auth) {
        return List.of(new ImageSearchResponseItem(limit, false, term, false, ""));
    }

    @Override
    public AuthResponse login(RegistryAuth auth) {
        return new AuthResponse("Login Succeeded", "");
    }
}
