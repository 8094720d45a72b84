package main

// The names of a cluster's Services and of the pods behind them, from its EndpointSlices; enough DNS for a
// cluster of one node. Headless Services answer with the addresses of their ready pods, as CoreDNS does.

import (
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/dns/dnsmessage"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
)

const (
	zone       = ".svc.cluster.local."
	ttlSeconds = 5
)

type names struct {
	services corelisters.ServiceLister
	slices   discoverylisters.EndpointSliceLister
}

func newDNSCommand() *cobra.Command {
	var kubeconfig, listen string
	command := &cobra.Command{Use: "dns", SilenceUsage: true, RunE: func(command *cobra.Command, _ []string) error {
		client, err := newClient(kubeconfig)
		if err != nil {
			return err
		}
		factory := informers.NewSharedInformerFactory(client, time.Hour)
		known := names{factory.Core().V1().Services().Lister(), factory.Discovery().V1().EndpointSlices().Lister()}
		factory.Start(command.Context().Done())
		factory.WaitForCacheSync(command.Context().Done())
		socket, err := net.ListenPacket("udp", listen)
		if err != nil {
			return err
		}
		return known.serve(socket)
	}}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server; empty: as a pod does")
	command.Flags().StringVar(&listen, "listen", ":53", "UDP address")
	return command
}

func (known names) serve(socket net.PacketConn) error {
	buffer := make([]byte, 4096)
	for {
		size, from, err := socket.ReadFrom(buffer)
		if err != nil {
			return err
		}
		var question dnsmessage.Message
		if question.Unpack(buffer[:size]) != nil || len(question.Questions) != 1 {
			continue
		}
		answer, err := known.answer(question.ID, question.Questions[0], question.RecursionDesired)
		if err != nil {
			return err
		}
		if _, err := socket.WriteTo(answer, from); err != nil {
			return err
		}
	}
}

func (known names) answer(id uint16, question dnsmessage.Question, recursion bool) ([]byte, error) {
	addresses, exists := known.addresses(strings.ToLower(question.Name.String()))
	message := dnsmessage.Message{
		Header: dnsmessage.Header{ID: id, Response: true, Authoritative: true, RecursionDesired: recursion,
			RecursionAvailable: true},
		Questions: []dnsmessage.Question{question},
	}
	if !exists {
		message.RCode = dnsmessage.RCodeNameError
	}
	if question.Type == dnsmessage.TypeA {
		for _, address := range addresses {
			message.Answers = append(message.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Type: dnsmessage.TypeA,
					Class: dnsmessage.ClassINET, TTL: ttlSeconds},
				Body: &dnsmessage.AResource{A: [4]byte(net.ParseIP(address).To4())},
			})
		}
	}
	return message.Pack()
}

// <service>.<namespace>.svc.cluster.local and <pod>.<service>.<namespace>.svc.cluster.local.
func (known names) addresses(name string) (found []string, exists bool) {
	path, inZone := strings.CutSuffix(name, zone)
	labelsOfName := strings.Split(path, ".")
	if !inZone || len(labelsOfName) < 2 || len(labelsOfName) > 3 {
		return nil, false
	}
	pod := ""
	if len(labelsOfName) == 3 {
		pod, labelsOfName = labelsOfName[0], labelsOfName[1:]
	}
	service, err := known.services.Services(labelsOfName[1]).Get(labelsOfName[0])
	if err != nil {
		return nil, false
	}
	if service.Spec.ClusterIP != "None" && pod == "" {
		return []string{service.Spec.ClusterIP}, true
	}
	wanted := labels.SelectorFromSet(labels.Set{discovery.LabelServiceName: service.Name})
	slices, err := known.slices.EndpointSlices(service.Namespace).List(wanted)
	if err != nil {
		return nil, false
	}
	for _, slice := range slices {
		for _, endpoint := range slice.Endpoints {
			ready := endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready
			named := pod == "" || (endpoint.Hostname != nil && *endpoint.Hostname == pod)
			if ready && named && slice.AddressType == discovery.AddressTypeIPv4 {
				found = append(found, endpoint.Addresses...)
			}
		}
	}
	return found, pod == "" || len(found) > 0
}
