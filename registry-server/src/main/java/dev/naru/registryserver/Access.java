package dev.naru.registryserver;

import dev.naru.http.Exchange;
import java.util.List;

/** Decides who may do what. */
interface Access {
    /** The name of callers that have none. */
    String ANONYMOUS = "";

    /**
     * Admits a request, or refuses it; a challenge that tells the client how to come in is set in the answer's header.
     *
     * @param scopes all of them must be allowed
     * @return the caller's name
     * @throws Refusal UNAUTHORIZED without valid credentials, DENIED with them
     */
    String admit(Exchange exchange, List<Scope> scopes);

    /** Whoever reaches the registry may do everything. */
    static Access open() {
        return (exchange, scopes) -> ANONYMOUS;
    }
}
