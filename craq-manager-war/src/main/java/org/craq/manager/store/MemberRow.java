package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;

@Entity
@Table(name = "chain_member")
@IdClass(MemberRow.Key.class)
class MemberRow {
    @Id
    @Column(name = "chain_id")
    private String chainId;

    @Id
    @Column(name = "position")
    private int position;

    @Column(name = "node_id")
    private String nodeId;

    @Column(name = "incarnation")
    private String incarnation;

    @Column(name = "grpc_address")
    private String grpcAddress;

    @Column(name = "http_url")
    private String httpUrl;

    @Column(name = "complete")
    private boolean complete;

    @Column(name = "learner")
    private boolean learner;

    protected MemberRow() {}

    MemberRow(String chainId, int position, Member member, boolean learner) {
        this.chainId = chainId;
        this.position = position;
        this.nodeId = member.node().value();
        this.incarnation = member.incarnation().toString();
        this.grpcAddress = member.grpcAddress();
        this.httpUrl = member.httpUrl();
        this.complete = member.complete();
        this.learner = learner;
    }

    boolean learner() {
        return learner;
    }

    Member member() {
        return new Member(new NodeId(nodeId), Incarnation.parse(incarnation), grpcAddress, httpUrl, complete);
    }

    /** JPA 3.1 does not accept a record here. */
    static class Key implements Serializable {
        private static final long serialVersionUID = 1L;

        private String chainId;
        private int position;

        public Key() {}

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && position == key.position && Objects.equals(chainId, key.chainId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(chainId, position);
        }
    }
}
