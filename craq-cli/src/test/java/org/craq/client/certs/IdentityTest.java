package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityTest {
    @Test
    void anIdentityIsAUri() {
        Identity node = new Identity(new ClusterName("blue"), Role.NODE, "n1");
        assertThat(node.uri()).isEqualTo("spiffe://craq/blue/node/n1");
        for (Role role : Role.values()) {
            Identity each = new Identity(new ClusterName("c-0.1_a"), role, "x.y_z-1");
            assertThat(Identity.ofUri(each.uri())).contains(each);
        }
    }

    @Test
    void otherUrisAreNone() {
        for (String uri : List.of(
                "",
                "n1",
                "spiffe://craq/blue",
                "spiffe://craq/blue/node",
                "spiffe://craq/blue/node/",
                "spiffe://craq/blue/node/n1/",
                "spiffe://craq/blue/node/n1/x",
                "spiffe://craq//node/n1",
                "spiffe://craq/blue/admin/n1",
                "spiffe://craq/blue/Node/n1",
                "spiffe://craq/blue/node/n%31",
                "spiffe://craq/blue/node/..",
                "spiffe://other/blue/node/n1",
                "https://craq/blue/node/n1",
                "SPIFFE://craq/blue/node/n1")) {
            assertThat(Identity.ofUri(uri)).as(uri).isEmpty();
        }
    }

    @Test
    void randomClustersDiffer() {
        assertThat(ClusterName.random().value()).matches("c-[0-9a-f]{12}");
        assertThat(ClusterName.random()).isNotEqualTo(ClusterName.random());
    }

    @Test
    void namesHaveTheFormOfNodeIds() {
        for (String name : List.of("", "-a", "a/b", "a b", "ü", "a".repeat(64), "..")) {
            assertThatThrownBy(() -> new ClusterName(name)).hasMessageContaining("cluster name '" + name + "'");
            assertThatThrownBy(() -> Holder.user(name)).hasMessageContaining("user name '" + name + "'");
            assertThatThrownBy(() -> Holder.server(Role.MANAGER, name, "localhost"))
                    .hasMessageContaining("manager name '" + name + "'");
        }
    }

    @Test
    void aServerNeedsAddressesAndAPlaceOfItsOwn() {
        assertThat(Holder.server(Role.NODE, "n1", "::1,localhost,LOCALHOST,[::1]")
                        .hosts())
                .containsExactly(Host.of("::1"), Host.of("localhost"));
        assertThatThrownBy(() -> Holder.server(Role.NODE, "n1", "")).hasMessageContaining("at least one address");
        assertThatThrownBy(() -> Holder.server(Role.NODE, "n1", "localhost,")).hasMessageContaining("''");
        for (String name : List.of("users", "Users", "ca.crt", "CA.key")) {
            assertThatThrownBy(() -> Holder.server(Role.NODE, name, "localhost"))
                    .hasMessageContaining("can't be the name of a server");
        }
        assertThatThrownBy(() -> Holder.checkedId("users/../n1")).hasMessageContaining("user name");
        assertThat(Holder.checkedId(Holder.user("users").id())).isEqualTo("users/users");
    }
}
