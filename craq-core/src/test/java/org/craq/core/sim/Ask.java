package org.craq.core.sim;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Read;

/**
 * A client's read: of one file, or of all files as a listing.
 *
 * @param atLeast what its session has seen, if it has one
 */
record Ask(List<FileName> names, boolean listing, Freshness freshness, Optional<Version> atLeast) {
    static Ask strong(FileName name) {
        return new Ask(List.of(name), false, new Freshness.Strong(), Optional.empty());
    }

    Ask with(Freshness other) {
        return new Ask(names, listing, other, atLeast);
    }

    Ask since(Optional<Version> seen) {
        return new Ask(names, listing, freshness, seen);
    }

    Read read() {
        return new Read(listing ? Set.of() : Set.of(names.get(0)), freshness, atLeast);
    }
}
