package org.craq.core.replica;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * A read of files or of the whole chain.
 *
 * @param files the files whose versions the answer depends on; empty for the whole chain, such as a listing
 * @param atLeast the state that the reader's session has already seen, which the answer must include
 */
public record Read(Set<FileName> files, Freshness freshness, Optional<Version> atLeast) {
    public Read {
        files = Set.copyOf(files);
        Objects.requireNonNull(freshness);
        Objects.requireNonNull(atLeast);
    }

    /** Returns a linearizable read of a file. */
    public static Read strong(FileName name) {
        return new Read(Set.of(name), new Freshness.Strong(), Optional.empty());
    }

    /** Returns a linearizable read of the whole chain. */
    public static Read strongOfAll() {
        return new Read(Set.of(), new Freshness.Strong(), Optional.empty());
    }
}
