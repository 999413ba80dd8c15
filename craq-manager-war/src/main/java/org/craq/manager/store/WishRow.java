package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Wish;

@Entity
@Table(name = "chain_wish")
class WishRow {
    @Id
    @Column(name = "chain_id")
    private String chainId;

    @Column(name = "length")
    private int length;

    @Column(name = "wanted")
    private String wanted;

    @Column(name = "unwanted")
    private String unwanted;

    @Column(name = "revision")
    private long revision;

    protected WishRow() {}

    WishRow(Wish wish) {
        chainId = wish.chain().value();
        length = wish.length();
        wanted = text(wish.wanted());
        unwanted = text(wish.unwanted());
        revision = wish.revision();
    }

    Wish wish() {
        return new Wish(new ChainId(chainId), length, nodes(wanted), nodes(unwanted), revision);
    }

    /** Joins node ids with spaces, which the ids themselves never contain. */
    static String text(Set<NodeId> nodes) {
        return nodes.stream().map(NodeId::value).sorted().collect(Collectors.joining(" "));
    }

    private static Set<NodeId> nodes(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(id -> !id.isEmpty())
                .map(NodeId::new)
                .collect(Collectors.toSet());
    }
}
