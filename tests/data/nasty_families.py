# Families of integrals with closed forms, drawn at random and swept by the program `quad`: how many converged and are wrong.
# QUAD=path/to/quad python3 nasty_families.py SEED DRAWS [FAMILY...]; needs mpmath.
import subprocess,csv,random,sys,os
import tempfile
import mpmath as mp
folder=tempfile.mkdtemp()
mp.mp.dps=40
Q=os.environ.get('QUAD','target/release/examples/quad')
seed=int(sys.argv[1]) if len(sys.argv)>1 else 1
N=int(sys.argv[2]) if len(sys.argv)>2 else 300
R=random.Random(seed)
u=R.uniform
def logu(a,b): return 10**u(a,b)
m=mp.mpf
fam={}
# name: (expr, [params], bounds, gen, exact)
fam['lorentz']=("w^2/((x-c)^2+w^2)",'cw',(0,1),lambda:dict(c=u(0,1),w=logu(-8,0)),lambda d:m(d['w'])*(mp.atan((1-m(d['c']))/m(d['w']))+mp.atan(m(d['c'])/m(d['w']))))
fam['flatpeak']=("1+h*w^2/((x-c)^2+w^2)",'cwh',(0,1),lambda:dict(c=u(0,1),w=logu(-6,-0.5),h=logu(-4,1)),lambda d:1+m(d['h'])*m(d['w'])*(mp.atan((1-m(d['c']))/m(d['w']))+mp.atan(m(d['c'])/m(d['w']))))
fam['gauss']=("exp(-((x-c)/w)^2)",'cw',(0,1),lambda:dict(c=u(0,1),w=logu(-6,0)),lambda d:m(d['w'])*mp.sqrt(mp.pi)/2*(mp.erf((1-m(d['c']))/m(d['w']))+mp.erf(m(d['c'])/m(d['w']))))
fam['flatgauss']=("cos(x)+h*exp(-((x-c)/w)^2)",'cwh',(0,1),lambda:dict(c=u(0,1),w=logu(-4,-1),h=logu(-6,0)),lambda d:mp.sin(1)+m(d['h'])*m(d['w'])*mp.sqrt(mp.pi)/2*(mp.erf((1-m(d['c']))/m(d['w']))+mp.erf(m(d['c'])/m(d['w']))))
fam['kinkpow']=("abs(x-c)^p",'cp',(0,1),lambda:dict(c=u(0,1),p=u(-0.9,2.5)),lambda d:(m(d['c'])**(m(d['p'])+1)+(1-m(d['c']))**(m(d['p'])+1))/(m(d['p'])+1))
fam['flatkink']=("exp(x)+h*abs(x-c)",'ch',(0,1),lambda:dict(c=u(0,1),h=logu(-8,2)),lambda d:mp.e-1+m(d['h'])*(m(d['c'])**2+(1-m(d['c']))**2)/2)
fam['step']=("if(x<c,a,b)",'cab',(0,1),lambda:dict(c=u(0,1),a=u(-1,1),b=u(-1,1)),lambda d:m(d['c'])*m(d['a'])+(1-m(d['c']))*m(d['b']))
fam['flatstep']=("exp(x)+if(x<c,0,h)",'ch',(0,1),lambda:dict(c=u(0,1),h=logu(-9,1)),lambda d:mp.e-1+(1-m(d['c']))*m(d['h']))
fam['box']=("if(x<c,0,if(x<c+w,1,0))+1",'cw',(0,1),lambda:dict(c=u(0,0.9),w=logu(-5,-1)),None)
fam['cos']=("cos(q*x+p)",'qp',(0,1),lambda:dict(q=logu(-1,3.3),p=u(0,6)),lambda d:(mp.sin(m(d['q'])+m(d['p']))-mp.sin(m(d['p'])))/m(d['q']))
fam['twocos']=("cos(q*x+p)+h*cos(r*x)",'qphr',(0,1),lambda:dict(q=u(0.1,20),p=u(0,6),h=logu(-8,0),r=logu(1,3)),lambda d:(mp.sin(m(d['q'])+m(d['p']))-mp.sin(m(d['p'])))/m(d['q'])+m(d['h'])*mp.sin(m(d['r']))/m(d['r']))
fam['endpow']=("x^p",'p',(0,1),lambda:dict(p=u(-0.99,3)),lambda d:1/(m(d['p'])+1))
fam['endpow2']=("x^p*(1-x)^q",'pq',(0,1),lambda:dict(p=u(-0.9,3),q=u(-0.9,3)),lambda d:mp.beta(m(d['p'])+1,m(d['q'])+1))
fam['log']=("ln(abs(x-c))",'c',(0,1),lambda:dict(c=u(-0.1,1.1)),lambda d:(lambda F:F(1-m(d['c']))-F(-m(d['c'])))(lambda t:t*mp.log(abs(t))-t))
fam['expend']=("exp(-p*x)",'p',(0,1),lambda:dict(p=logu(0,6)),lambda d:(1-mp.exp(-m(d['p'])))/m(d['p']))
fam['tail']=("exp(-p*x)*x^q",'pq',(0,'inf'),lambda:dict(p=logu(-3,3),q=u(-0.9,4)),lambda d:mp.gamma(m(d['q'])+1)/m(d['p'])**(m(d['q'])+1))
fam['slow']=("1/(1+(x/p)^2)",'p',('-inf','inf'),lambda:dict(p=logu(-3,3)),lambda d:mp.pi*m(d['p']))
fam['slow2']=("(1+x)^(-p)",'p',(0,'inf'),lambda:dict(p=u(1.05,4)),lambda d:1/(m(d['p'])-1))
fam['shift']=("exp(-(x-c)^2)",'c',('-inf','inf'),lambda:dict(c=u(-100,100)),lambda d:mp.sqrt(mp.pi))
fam['floor']=("floor(k*x)",'k',(0,1),lambda:dict(k=u(1,40)),lambda d:(lambda k,n:(n*(n-1)/2+n*(k-n))/k)(m(d['k']),mp.floor(m(d['k']))))
fam['expcos']=("exp(-p*x)*cos(q*x)",'pq',(0,1),lambda:dict(p=u(0,10),q=u(0,50)),lambda d:(lambda p,q:mp.re((1-mp.exp(-(p+1j*q)))/(p+1j*q)))(m(d['p']),m(d['q'])))
fam['runge']=("1/(1+(a*(x-c))^2)+h*sqrt(abs(x-k))",'achk',(0,1),lambda:dict(a=u(1,100),c=u(0,1),h=logu(-6,0),k=u(0,1)),lambda d:(mp.atan(m(d['a'])*(1-m(d['c'])))+mp.atan(m(d['a'])*m(d['c'])))/m(d['a'])+m(d['h'])*2/3*(m(d['k'])**1.5+(1-m(d['k']))**mp.mpf('1.5')))
tot=0;bad=[]
import collections
stat=collections.defaultdict(lambda:[0,0,0,0])
only=sys.argv[3:] 
for name,(expr,ps,(A,B),gen,exact) in fam.items():
    if only and name not in only: continue
    rows=[gen() for _ in range(N)]
    f=os.path.join(folder,f'{name}.csv')
    with open(f,'w') as h:
        w=csv.writer(h);w.writerow(list(ps));[w.writerow([repr(r[p]) for p in ps]) for r in rows]
    if name=='box':
        ex=[1+(m(r['c']+r['w'])-m(r['c'])) for r in rows]
    else: ex=[exact(r) for r in rows]
    for tol in ('1e-6','1e-10','1e-13'):
        o=subprocess.run([Q,expr,str(A),str(B),'--sweep',f,'--rel-tol',tol],capture_output=True,text=True)
        if o.returncode==2: print(name,o.stderr);break
        out=list(csv.DictReader(o.stdout.splitlines()))
        assert len(out)==N,(name,len(out),o.stderr)
        for r,e,q in zip(rows,ex,out):
            st=q['status']; est=m(q['value']) if q['value'] not in('','NaN','inf','-inf') else mp.nan
            err=abs(est-e); ok=err<=m(tol)*abs(e)*m('1.0001')+abs(e)*m(2)**-52
            s=stat[(name,tol)]
            s[0]+=1
            if st=='converged':
                s[1]+=1
                if not ok: s[2]+=1; bad.append((name,tol,r,float(est),float(e),float(err/abs(e)),q['error'],q['evaluations']))
            elif ok: s[3]+=1
for k,v in stat.items(): print(f"{k[0]:10s} {k[1]:6s} rows {v[0]} converged {v[1]} WRONG {v[2]} right-but-refused {v[3]}")
print(len(bad))
for b in bad[:40]: print(b)
