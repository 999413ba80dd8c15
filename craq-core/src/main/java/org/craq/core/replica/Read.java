package org.craq.core.replica;

import java.util.Objects;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * A read of one file, or of the chain.
 *
 * @param file empty: the whole chain, such as a listing
 * @param atLeast the state that the reader's session has seen already, which the answer must not lie before
 */
public record Read(Optional<FileName> file, Freshness freshness, Optional<Version> atLeast) {
    public Read {
        Objects.requireNonNull(file);
        Objects.requireNonNull(freshness);
        Objects.requireNonNull(atLeast);
    }

    /** A linearizable read of a file. */
    public static Read strong(FileName name) {
        return new Read(Optional.of(name), new Freshness.Strong(), Optional.empty());
    }

    /** A linearizable read of the whole chain. */
    public static Read strongOfAll() {
        return new Read(Optional.empty(), new Freshness.Strong(), Optional.empty());
    }
}
