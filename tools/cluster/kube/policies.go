package main

// Network policies, applied by the reference program of Kubernetes' network group: every first packet of a
// connection is held against them.

import (
	"github.com/spf13/cobra"
	"k8s.io/client-go/informers"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

func newPoliciesCommand() *cobra.Command {
	var kubeconfig, node string
	command := &cobra.Command{Use: "policies", SilenceUsage: true, RunE: func(command *cobra.Command, _ []string) error {
		client, err := newClient(kubeconfig)
		if err != nil {
			return err
		}
		factory := informers.NewSharedInformerFactory(client, 0)
		controller, err := networkpolicy.NewController(client, factory.Networking().V1().NetworkPolicies(),
			factory.Core().V1().Namespaces(), factory.Core().V1().Pods(), nil, nil, nil, nil,
			networkpolicy.Config{QueueID: 100, NodeName: node})
		if err != nil {
			return err
		}
		factory.Start(command.Context().Done())
		return controller.Run(command.Context())
	}}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server; empty: as a pod does")
	command.Flags().StringVar(&node, "node", "", "name of this node")
	return command
}
